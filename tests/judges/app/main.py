# app/main.py
# The routes of the same guide, as they were written.
from fastapi import FastAPI, Depends
from app.auth import get_current_user, require_role, require_tenant, TokenPayload

app = FastAPI()


@app.get("/api/me")
async def get_me(user: TokenPayload = Depends(get_current_user)):
    """Get current user info - requires authentication"""
    return {
        "user_id": user.sub,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "tenant_id": user.tenant_id,
        "software_background": user.software_background,
        "hardware_tier": user.hardware_tier,
    }


@app.get("/api/admin/users")
async def list_users(user: TokenPayload = Depends(require_role(["admin"]))):
    """Admin-only endpoint"""
    return {"message": "You are an admin", "admin_id": user.sub}


@app.get("/api/tenant/data")
async def get_tenant_data(user: TokenPayload = Depends(require_tenant)):
    """Requires user to belong to an organization"""
    return {
        "tenant_id": user.tenant_id,
        "org_role": user.org_role,
        "organizations": user.organization_ids,
    }


@app.get("/api/personalized")
async def get_personalized_content(user: TokenPayload = Depends(get_current_user)):
    """Content personalized by user profile"""
    # Use software_background and hardware_tier for personalization
    tier = user.hardware_tier or "tier1"
    background = user.software_background or "beginner"

    return {
        "content_level": background,
        "hardware_requirements": tier,
        "message": f"Content optimized for {background} with {tier} hardware"
    }
